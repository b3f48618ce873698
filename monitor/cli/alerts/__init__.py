"""`svar alerts ...`: what is remembered, and what a person may do about it."""
