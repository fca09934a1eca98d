"""The archive of an agency: taking over with minutes, loans, what becomes of dossiers whose time has run out."""
