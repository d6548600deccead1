"""Low-carbon travel: operators' feeds, trails, steps and declared trips. Judged here, rewarded by `earning`."""
