"""Official papers as NĐ 30/2020/NĐ-CP lays them out: one content, written as Word and as PDF."""
