"""The register of lessons as it is given out, worked on in a spreadsheet, and taken back."""
