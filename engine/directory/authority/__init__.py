"""Who signs for whom by written authorisation (TUQ), and through which levels a draft goes before it is approved."""
