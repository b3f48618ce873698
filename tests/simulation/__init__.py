"""Weeks of a made-up office in a moment: the real jobs, a fake Slack, and every fault.

`python -m tests.simulation --seeds 1000` plays a thousand of them.
"""
