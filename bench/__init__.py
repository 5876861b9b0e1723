"""What the running system does in a second, as figures and as ratios within one run."""
