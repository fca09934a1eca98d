"""Reading laid-out files (PDF, Word) for the check of form and layout, and showing their pages."""
