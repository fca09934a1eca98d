"""From a draft or an uploaded PDF to a PDF that can be signed, numbered and sealed (NĐ 30/2020, Phụ lục I)."""
