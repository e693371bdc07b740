#include "sim/world/network.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "tests/sim/world/pop.h"

namespace quorate::sim {
namespace {

struct NetworkTest : ::testing::Test {
  EventQueue queue;
  Network network{1, 3, queue};

  void send(SimTime now, HostId from, HostId to, std::uint64_t number) {
    Ping ping;
    ping.sequence = number;
    network.send(now, from, to, Message(ping));
  }

  struct Arrival {
    SimTime time;
    HostId from;
    HostId to;
    std::uint64_t number;
  };
  std::vector<Arrival> deliver_all() {
    std::vector<Arrival> arrivals;
    while (!queue.empty()) {
      auto [time, event] = pop(queue);
      const auto& delivery = std::get<Delivery>(event);
      if (!network.arrives(delivery)) continue;
      const auto& ping = std::get<Ping>(std::get<Message>(delivery.packet));
      arrivals.push_back({time, delivery.from, delivery.to, ping.sequence});
    }
    return arrivals;
  }
};

TEST_F(NetworkTest, delivers_once_after_the_latency) {
  network.set_node_links(LinkModel{.latency = Latency::constant(from_ms(3))});
  send(from_ms(10), 1, 2, 77);
  const auto arrivals = deliver_all();
  ASSERT_EQ(arrivals.size(), 1u);
  EXPECT_EQ(arrivals[0].time, from_ms(13));
  EXPECT_EQ(arrivals[0].from, 1u);
  EXPECT_EQ(arrivals[0].to, 2u);
  EXPECT_EQ(arrivals[0].number, 77u);
}

TEST_F(NetworkTest, each_leg_takes_its_own_time) {
  LinkModel model{.latency = Latency::constant(1)};
  model.legs.write = Latency::constant(2);
  model.legs.ack = Latency::constant(3);
  model.legs.read = Latency::constant(4);
  model.legs.response = Latency::constant(5);
  network.set_node_links(model);
  const auto takes = [this](Message message) {
    network.send(0, 1, 2, std::move(message));
    return pop(queue).first;
  };
  EXPECT_EQ(takes(Ping{}), 1);
  EXPECT_EQ(takes(ForwardRequest{}), 1);
  WriteRequest write;
  write.record = std::make_shared<const Record>();
  EXPECT_EQ(takes(write), 2);
  EXPECT_EQ(takes(WriteReply{}), 3);
  EXPECT_EQ(takes(ReadRequest{}), 4);
  EXPECT_EQ(takes(ReadReply{}), 5);
  EXPECT_EQ(to_string(model.legs),
            ", write 0.000002 ms, ack 0.000003 ms, read 0.000004 ms, response 0.000005 ms");
  model.legs.read.reset();
  network.set_node_links(model);
  EXPECT_EQ(takes(ReadRequest{}), 1);
}

TEST_F(NetworkTest, the_way_between_sites_comes_on_top) {
  network.set_geography({.sites = {"here", "there"},
                         .one_way = {{0, 70}, {80, 0}},
                         .node_sites = {0, 0, 1},
                         .client_sites = {1}});
  network.set_node_links(LinkModel{.latency = Latency::constant(3)});
  network.set_client_links(LinkModel{.latency = Latency::constant(5)});
  const auto takes = [this](HostId from, HostId to) {
    network.send(0, from, to, Message(Ping{}));
    return pop(queue).first;
  };
  EXPECT_EQ(takes(1, 2), 3);
  EXPECT_EQ(takes(1, 3), 73);
  EXPECT_EQ(takes(3, 1), 83);
  EXPECT_EQ(takes(1, kFirstClientHost), 75);
  EXPECT_EQ(takes(3, kFirstClientHost), 5);
  EXPECT_EQ(takes(1, kFirstClientHost + 1), 5);  // named nowhere: at the first site
  // What happens to a link does not move its hosts.
  network.set_link(1, 3, LinkModel{.latency = Latency::constant(1'000)});
  EXPECT_EQ(takes(1, 3), 1'070);
}

TEST_F(NetworkTest, uniform_latency_stays_in_its_bounds_and_uses_them) {
  network.set_node_links(LinkModel{.latency = Latency::uniform(100, 200)});
  for (std::uint64_t i = 0; i < 5'000; ++i) send(0, 1, 2, i);
  std::map<SimTime, int> seen;
  for (const Arrival& arrival : deliver_all()) ++seen[arrival.time];
  EXPECT_EQ(seen.begin()->first, 100);
  EXPECT_EQ(seen.rbegin()->first, 200);
  EXPECT_EQ(seen.size(), 101u);
}

TEST_F(NetworkTest, a_cut_is_of_one_direction) {
  network.cut(1, 2);
  send(0, 1, 2, 1);
  send(0, 2, 1, 2);
  send(0, 1, 3, 3);
  const auto arrivals = deliver_all();
  ASSERT_EQ(arrivals.size(), 2u);
  for (const Arrival& arrival : arrivals) EXPECT_NE(arrival.number, 1u);
  EXPECT_EQ(network.counts().cut, 1u);
}

TEST_F(NetworkTest, what_is_under_way_when_the_link_is_cut_does_not_arrive) {
  send(0, 1, 2, 1);
  network.cut(1, 2);
  EXPECT_TRUE(deliver_all().empty());
  network.mend_all();
  send(0, 1, 2, 2);
  EXPECT_EQ(deliver_all().size(), 1u);
}

TEST_F(NetworkTest, loses_and_repeats_as_often_as_it_is_told) {
  network.set_node_links(LinkModel{.loss_ppm = 300'000, .duplicate_ppm = 0});
  for (std::uint64_t i = 0; i < 10'000; ++i) send(0, 1, 2, i);
  EXPECT_NEAR(static_cast<double>(deliver_all().size()), 7'000, 200);
  network.set_node_links(LinkModel{.loss_ppm = 0, .duplicate_ppm = 500'000});
  for (std::uint64_t i = 0; i < 10'000; ++i) send(0, 1, 2, i);
  EXPECT_NEAR(static_cast<double>(deliver_all().size()), 15'000, 200);
}

TEST_F(NetworkTest, what_it_repeats_reaches_no_later_process) {
  network.set_node_links(LinkModel{.duplicate_ppm = 1'000'000});
  network.begin_life(2, 1);
  send(0, 1, 2, 1);
  network.begin_life(2, 2);
  EXPECT_TRUE(deliver_all().empty());
  send(0, 1, 2, 2);
  EXPECT_EQ(deliver_all().size(), 2u);
  // What it sends once is a frame that waited for the connection to stand again.
  network.set_node_links(LinkModel{});
  send(0, 1, 2, 3);
  network.begin_life(2, 3);
  EXPECT_EQ(deliver_all().size(), 1u);
}

TEST_F(NetworkTest, an_ordered_link_keeps_the_order_and_another_does_not) {
  const LinkModel wild{.latency = Latency::uniform(0, from_ms(1)), .reorder_ppm = 200'000};
  const auto overtakes = [this](bool ordered, const LinkModel& model) {
    LinkModel link = model;
    link.ordered = ordered;
    network.set_node_links(link);
    for (std::uint64_t i = 0; i < 1'000; ++i) send(static_cast<SimTime>(i) * kNsPerUs, 1, 2, i);
    int count = 0;
    std::uint64_t last = 0;
    for (const Arrival& arrival : deliver_all()) {
      count += arrival.number < last ? 1 : 0;
      last = arrival.number;
    }
    return count;
  };
  EXPECT_EQ(overtakes(true, wild), 0);
  EXPECT_GT(overtakes(false, wild), 100);
}

TEST_F(NetworkTest, a_narrow_link_makes_packets_queue) {
  network.set_node_links(LinkModel{.latency = Latency::constant(0), .bytes_per_second = 1'000'000});
  send(0, 1, 2, 1);
  send(0, 1, 2, 2);
  const auto arrivals = deliver_all();
  ASSERT_EQ(arrivals.size(), 2u);
  EXPECT_GT(arrivals[0].time, 0);
  EXPECT_EQ(arrivals[1].time, 2 * arrivals[0].time);
}

TEST_F(NetworkTest, what_finds_the_queue_of_a_narrow_link_full_is_dropped_and_counted) {
  LinkModel narrow{.latency = Latency::constant(0), .bytes_per_second = 1'000'000};
  narrow.queue_bytes_max = 1;
  network.set_node_links(narrow);
  send(0, 1, 2, 1);  // an idle link takes any packet
  send(0, 1, 2, 2);
  EXPECT_EQ(network.counts().overflowed, 1u);
  const auto arrivals = deliver_all();
  ASSERT_EQ(arrivals.size(), 1u);
  EXPECT_EQ(arrivals[0].number, 1u);
  send(arrivals[0].time, 1, 2, 3);
  EXPECT_EQ(deliver_all().size(), 1u);
}

TEST_F(NetworkTest, a_link_in_trouble_is_slow_or_loses_more_in_one_direction_until_it_is_mended) {
  network.set_node_links(LinkModel{.latency = Latency::constant(from_ms(1))});
  network.trouble(1, 2).extra_latency = from_ms(40);
  send(0, 1, 2, 1);
  send(0, 2, 1, 2);
  const auto arrivals = deliver_all();
  ASSERT_EQ(arrivals.size(), 2u);
  EXPECT_EQ(arrivals[0].time, from_ms(1));
  EXPECT_EQ(arrivals[1].time, from_ms(41));
  network.trouble(1, 2).loss_ppm = kMillion;
  send(0, 1, 2, 3);
  EXPECT_TRUE(deliver_all().empty());
  EXPECT_EQ(network.counts().lost, 1u);
  network.mend_all();
  send(0, 1, 2, 4);
  EXPECT_EQ(deliver_all().at(0).time, from_ms(1));
}

TEST_F(NetworkTest, each_link_has_its_own_stream_of_chance) {
  const auto times = [](bool busy_neighbour) {
    EventQueue events;
    Network net(9, 3, events);
    net.set_node_links(LinkModel{.latency = Latency::uniform(0, from_ms(100))});
    std::vector<SimTime> result;
    for (std::uint64_t i = 0; i < 20; ++i) {
      if (busy_neighbour) net.send(0, 1, 3, Message(Ping{}));
      net.send(0, 1, 2, Message(Ping{}));
    }
    while (!events.empty()) {
      auto [time, event] = pop(events);
      if (std::get<Delivery>(event).to == 2) result.push_back(time);
    }
    return result;
  };
  EXPECT_EQ(times(false), times(true));
}

}  // namespace
}  // namespace quorate::sim
