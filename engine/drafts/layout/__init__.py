"""Form and layout of NĐ 30/2020 Phụ lục I: what a laid-out draft shows, checked rule by rule. Pure."""
