"""The rows and sub-rows of a Finvoice document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from queries.intake.invoices.finvoice_document import Adjustment, FinvoiceLine, Quantity
from queries.intake.readers.xml_values import ValueReader, all_of, one_of, text_of, texts_of


class FinvoiceRowReader:
    """Reads the rows of one document."""

    def __init__(self, values: ValueReader) -> None:
        self._values = values

    def lines(self, root: etree._Element) -> Iterator[FinvoiceLine]:
        for position, row in enumerate(all_of(root, "InvoiceRow"), start=1):
            subs = tuple(
                self._line(sub, position, "Sub", ()) for sub in all_of(row, "SubInvoiceRow")
            )
            yield self._line(row, position, "", subs)

    def _line(
        self, row: etree._Element, position: int, prefix: str, subs: tuple[FinvoiceLine, ...]
    ) -> FinvoiceLine:
        """One row; the elements of a sub-row are those of a row with ``Sub`` before them."""
        values = self._values
        names = [
            text_of(row, f"{prefix}ArticleName") or text_of(row, f"{prefix}ArticleDescription"),
            *texts_of(row, f"{prefix}RowFreeText"),
        ]
        text = " – ".join(name for name in names if name)
        return FinvoiceLine(
            position=position,
            text=text or text_of(row, f"{prefix}ArticleIdentifier"),
            quantities=tuple(self._quantities(row, prefix)),
            price=self._price(one_of(row, f"{prefix}UnitPriceAmount")),
            net_price=values.number(row, f"{prefix}UnitPriceNetAmount"),
            gross_price=values.number(row, f"{prefix}UnitPriceVatIncludedAmount"),
            base=values.number(row, f"{prefix}UnitPriceBaseQuantity"),
            discount_percent=values.number(row, f"{prefix}RowDiscountPercent"),
            discount=values.money(row, f"{prefix}RowDiscountAmount"),
            adjustments=tuple(self._adjustments(row, prefix)),
            net=values.money(row, f"{prefix}RowVatExcludedAmount"),
            vat=values.money(row, f"{prefix}RowVatAmount"),
            gross=values.money(row, f"{prefix}RowAmount"),
            vat_rate=values.number(row, f"{prefix}RowVatRatePercent"),
            vat_code=text_of(row, f"{prefix}RowVatCode").upper(),
            subs=subs,
        )

    def _quantities(self, row: etree._Element, prefix: str) -> Iterator[Quantity]:
        for name in ("InvoicedQuantity", "DeliveredQuantity"):
            for element in all_of(row, prefix + name):
                value = self._values.number_in(element)
                if value is not None:
                    yield Quantity(
                        value,
                        (element.get("QuantityUnitCode") or "").strip(),
                        (element.get("QuantityUnitCodeUN") or "").strip(),
                    )

    def _price(self, element: etree._Element | None) -> Quantity | None:
        value = self._values.number_in(element)
        if element is None or value is None:
            return None
        return Quantity(
            value,
            (element.get("UnitPriceUnitCode") or "").strip(),
            (element.get("QuantityUnitCodeUN") or "").strip(),
        )

    def _adjustments(self, row: etree._Element, prefix: str) -> Iterator[Adjustment]:
        values = self._values
        for one in all_of(row, f"{prefix}RowProgressiveDiscountDetails"):
            amount = values.money(one, f"{prefix}RowDiscountAmount")
            if amount:
                yield Adjustment(text_of(one, f"{prefix}RowDiscountTypeText"), -amount)
        for one in all_of(row, f"{prefix}RowChargeDetails"):
            amount = values.money(one, "Amount")
            percent, base = values.number(one, "Percent"), values.money(one, "BaseAmount")
            if amount is None and percent is not None and base is not None:
                amount = base * percent / Decimal(100)
            if amount:
                yield Adjustment(text_of(one, "ReasonText"), amount)
