"""outreach follows up every lead, at once and to the end."""
