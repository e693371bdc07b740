// Runs one update to its end: acts on the steps of its UpdatePlan.
//
// Place:      Client::update and Session::update. Of the two forms, one asks on and calls the
//             resolver on the client's own thread, the other one waits on the caller's, where a
//             resolver may take its time, or ask a person.
#pragma once

#include <functional>
#include <string>

#include "client/client.h"
#include "client/update.h"

namespace quorate::client {

void start_update(Engine& engine, std::string key, Resolver resolver, UpdateOptions options,
                  OnUpdated on_updated);

// REQUIRES: not on the client's own thread.
Result<Updated> run_update(const Client& client, const std::string& key, Resolver resolver,
                           UpdateOptions options);

}  // namespace quorate::client
