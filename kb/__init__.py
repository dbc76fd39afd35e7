"""What is known and where it is kept: records, rules, storage, settings, errors."""
