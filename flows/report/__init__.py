"""Writers of the weekly report: page, workbook and mail. What they show is made in transforms.report."""
