"""Reports: timeliness, the quarterly form, figures for the public; on screen, as XLSX and PDF."""
