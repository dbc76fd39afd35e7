"""Pictures: where each part stands, for a template to draw as SVG."""
