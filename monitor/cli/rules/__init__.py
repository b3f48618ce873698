"""`svar rules ...`: work on the rules before they bite."""
