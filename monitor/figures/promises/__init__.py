"""What became of the promises that a rule made, each counted once; pure."""
