"""What rules would do, before they do it: tests, previews, differences, history."""
