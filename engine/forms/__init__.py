"""Forms: form-js JSON read into a form, validated with marshmallow and laid out as views; no database, no clock."""
