"""Books, slips and stamps of NĐ 30/2020 Phụ lục IV as files: PDF, Word, Excel."""
