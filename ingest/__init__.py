"""From files to records: found, converted to Markdown, understood, cut into passages, stored."""
