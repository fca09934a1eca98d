"""The sample province and the story that is played in it on the first start of the demo."""
