"""The machine: its cores, its speed at this moment, and what a process costs on it."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

_TICK = os.sysconf("SC_CLK_TCK")
_STEPS, _LOOPS, _SYNCS = 200_000, 5, 31
REFERENCE_SECONDS = 0.0055
"""CPU time of the calibration loop on the machine whose CPU figures need no scaling."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Where things run; one core where the machine has no second."""

    hub: int
    platforms: int  # and the load driver

    @property
    def shared(self) -> bool:
        """Whether the hub has no core to itself."""
        return self.hub == self.platforms


def cores() -> Cores:
    """The first and the last core that this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(hub=usable[-1], platforms=usable[0])


def pin(core: int) -> None:
    """Keep this process, and what it starts from now on, on one core."""
    os.sched_setaffinity(0, {core})


@contextmanager
def _visiting(core: int) -> Iterator[None]:
    before = os.sched_getaffinity(0)
    pin(core)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def slowness(core: int) -> float:
    """CPU time of a fixed loop on that core, by the reference; 2 is a core half as fast."""
    with _visiting(core):
        return median(_loop() for _ in range(_LOOPS)) / REFERENCE_SECONDS


def _loop() -> float:
    began = process_time()
    total = 0
    for number in range(_STEPS):
        total ^= number * 7
    return process_time() - began


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used since it began, all of its threads, user and system."""
    after_name = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICK


def family(pid: int) -> list[int]:
    """A process and all that it has started, and they have."""
    found = [pid]
    for one in found:
        for file in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):  # a thread that has ended meanwhile
                found += [int(child) for child in file.read_text("ascii").split()]
    return found


def family_cpu_seconds(pid: int) -> float:
    """CPU time that a process and its family have used."""
    return sum(cpu_seconds(one) for one in family(pid))


def family_mb(pid: int) -> float:
    """Memory that a process and its family hold now."""
    return sum(resident_mb(one) for one in family(pid))


def core_seconds(core: int) -> float:
    """Time that a core has been at work since the machine began, for whatever process."""
    times = [int(ticks) for ticks in _entry(Path("/proc/stat"), f"cpu{core}", " ").split()]
    user, nice, system, _idle, _waiting, *interrupts = times[:8]
    return (user + nice + system + sum(interrupts)) / _TICK


def resident_mb(pid: int) -> float:
    """Memory that a process holds now."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmRSS") / 1024


def sync_ms(folder: Path) -> float:
    """How long the disk takes to have a written page for good; every record waits for that."""
    with (folder / "written").open("wb", buffering=0) as file:
        took = []
        for _ in range(_SYNCS):
            began = perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            took.append(perf_counter() - began)
    return median(took) * 1000


def description(folder: Path) -> dict[str, str]:
    """The machine in words, for whoever compares figures; records are kept in the folder."""
    memory = _kilobytes(Path("/proc/meminfo"), "MemTotal") / 2**20
    return {
        "processor": _entry(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory:.1f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "a write to disk": f"{sync_ms(folder):.2f} ms",
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def _kilobytes(file: Path, name: str) -> int:
    return int(_entry(file, name).split()[0])


def _entry(file: Path, name: str, separator: str = ":") -> str:
    for line in file.read_text("utf-8").splitlines():
        key, _, value = line.partition(separator)
        if key.strip() == name:
            return value.strip()
    return ""
