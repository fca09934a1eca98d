"""The exchange axis: edXML messages between agencies, their statuses, recalls (QĐ 28/2018, QCVN 102:2016)."""
