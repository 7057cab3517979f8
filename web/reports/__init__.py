"""Báo cáo: papers drafted on demand, and the reports of the province from cut-off to issue."""
