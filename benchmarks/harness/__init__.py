"""The wire benchmarks: how the machine is measured, what is started, what is asked of it and how it is told."""
