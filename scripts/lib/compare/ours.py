"""Three nodes of ours, run by scripts/cluster under a name of their own."""

import json
import os
import re
import subprocess
from typing import Dict, List, Optional

from compare.world import BIN, ROOT, Failure, command

CLUSTER = "compare"


class Quorate:
    """Data are new at each start, as those of the peers are."""

    def __init__(self, durability: str):
        self.name = f"quorate-{durability}"
        self.durability = durability
        self.endpoint_list = ""

    def script(self, *words: str, env: Optional[Dict[str, str]] = None) -> str:
        what = f"scripts/cluster {' '.join(words)} failed"
        return command([ROOT / "scripts/cluster", *words, "--name", CLUSTER], what, env)

    def start(self) -> None:
        if (ROOT / ".cluster" / CLUSTER).exists():
            self.stop()  # what an earlier run could not end
        self.script("up", "--nodes", "3", "--durability", self.durability, "--no-chaos")
        self.find_endpoints()

    def find_endpoints(self) -> None:
        said = re.search(r"QUORATE_ENDPOINTS=(\S+)", self.script("env"))
        if not said:
            raise Failure("scripts/cluster env does not name the endpoints")
        self.endpoint_list = said.group(1)

    def stop(self) -> None:
        # Also after ^C, which has reached the script then: it must get its time.
        subprocess.run(
            [str(ROOT / "scripts/cluster"), "down", "--name", CLUSTER],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )

    def endpoints(self) -> str:
        return self.endpoint_list

    def arguments(self) -> List[str]:
        """Of kvbench."""
        return ["--endpoints", self.endpoints()]

    def status(self) -> List[dict]:
        said = command(
            [BIN / "kvcli", "status", "--json", "--endpoints", self.endpoints()], "kvcli status failed"
        )
        return json.loads(said)["nodes"]

    def node_pid(self, node: int) -> int:
        words = (ROOT / ".cluster" / CLUSTER / f"node-{node}/pid").read_text().split()
        return int(words[0])

    def signal(self, node: int, number: int) -> None:
        os.kill(self.node_pid(node), number)
