"""How much a process may use that opens what somebody sent."""


def limit(memory: int, cpu_seconds: int) -> None:
    """From here on this process has so many bytes of memory and seconds of the processor."""
    try:
        import resource
    except ImportError:  # Windows: the parent's time limit is what there is
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
