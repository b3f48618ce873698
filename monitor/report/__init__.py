"""What a week came to, in figures and never in names: for leads, on paper and in Slack."""
