"""What the kit itself adds to the benchmarks."""
