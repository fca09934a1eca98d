"""The only place that knows SpiffWorkflow: its task tree moves our tokens, everything that decides is ours."""
