"""What Watchgap costs: `python -m benchmarks` measures it and writes benchmarks/results.md.

    yongbyon    the engine against the plain reference, on the worked case
    commands    processor time of whole commands, against a bare interpreter
    state       a synthetic State, seeded: facilities, strata, routes, services, seals and samples
    growth      time and memory of the engine as the State, its days and its visits grow

Only ratios within one run are worth comparing between machines.
"""
