"""What a worker does whichever driver brings it jobs: claims with SKIP LOCKED, runs, keeps leases, settles."""
