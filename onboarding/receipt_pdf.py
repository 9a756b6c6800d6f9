"""A receipt as PDF, made anew from the stored text whenever somebody wants it."""

from django.conf import settings
from fpdf import FPDF

from onboarding import receipts
from onboarding.models import Receipt

_FONT = settings.BASE_DIR / "assets" / "vendor" / "DejaVuSans.ttf"


def make(receipt: Receipt, *, for_customer: bool) -> bytes:
    """One or two A4 pages. The MSP's copy leaves out the person and the job title."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(receipt.approved_at)
    pdf.set_title(f"Receipt {receipt.number}")
    pdf.add_font("DejaVu", fname=str(_FONT))
    pdf.set_margin(20)
    pdf.add_page()
    pdf.set_font("DejaVu", size=16)
    pdf.multi_cell(0, 9, f"{receipt.msp.name} manages Knox for {receipt.customer.name}", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("DejaVu", size=9.5)
    for paragraph in receipts.full_text(receipt, for_customer=for_customer):
        pdf.ln(2.5)
        pdf.multi_cell(0, 5, paragraph, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())
