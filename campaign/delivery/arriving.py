"""Whether a delivery has reached its office: only then does the public hear of it."""

from __future__ import annotations

# For a delivery `d`: a mail to the office was taken by the mail server, or the office has
# acknowledged it whichever way it came. One that came back was not handed over.
ARRIVED = """
    (d.state = 'acknowledged' OR d.state = 'sent' AND EXISTS (
        SELECT FROM office_link l JOIN outgoing_mail s ON s.office_link_id = l.id
        WHERE l.official_id = d.official_id AND s.state = 'sent'
            AND s.shared ->> 'delivery_id' = d.id::text))
"""
