"""How well a project or a team does in each knowledge area, as it judges itself."""
