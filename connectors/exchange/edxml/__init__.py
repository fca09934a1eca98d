"""edXML (QCVN 102:2016/BTTTT): messages as data, a strict writer, a tolerant reader."""
