"""Plans by which a team takes up practices: drafted from the practices' own words, scheduled, followed up."""
