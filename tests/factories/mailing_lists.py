"""Lines of the files that a mailing tool exports."""

from __future__ import annotations

#: The columns that Mailchimp documents.
COLUMNS = (
    '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,'
    "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,"
    "TAGS"
)


LEFT = "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER"


TAIL = ',2,"2024-05-06 07:08:09",192.0.2.7,,,62.9,27.7,2,3,Europe/Helsinki,FI,,,77,ab12,,VIP'


def line(address: str, given: str = "Aino", family: str = "Esimerkki", tail: str = TAIL) -> str:
    return f'"{address}","{given}","{family}"{tail}'
