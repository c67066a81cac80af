"""Words of which addresses are made; none of them belongs to a person."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    "Alice Arthur Beth Brian Carla Charles Diane Daniel Elena Edward Fiona Frank Grace George "
    "Helen Henry Irene Isaac Julia James Karen Kevin Laura Luis Maria Michael Nancy Nathan "
    "Olivia Oscar Paula Peter Quinn Rachel Robert Susan Samuel Teresa Thomas Ursula Victor "
    "Wendy William Yolanda Zachary Jo Al Kim"
)
LAST_NAMES = _words(
    "Adams Baker Brooks Carter Chen Clark Diaz Evans Fisher Foster Garcia Gray Hall Hughes Ito "
    "Jackson Jensen Johnson Keller Kim King Lee Lopez Martin Miller Moore Nelson Nguyen Olsen "
    "Owens Parker Patel Perez Quigley Reed Rivera Russo Schmidt Scott Smith Sullivan Taylor "
    "Turner Underwood Vance Vega Walker Ward Weber Wright Young Zimmerman"
)
COMPANIES = (
    "* & Sons",
    "* Insurance Group",
    "* Hardware Co.",
    "First National Bank",
    "Office of the Registrar",
    "* Dental Care",
    "Payment Processing Center",
    "* Brothers Inc.",
    "Northern Power & Light",
    "Dept. of Revenue",
    "* Law Offices",
    "Community Health Clinic",
    "The * Company",
)
BELOW = (
    ("Personal and Confidential",),
    ("Please forward",),
    ("United States of America",),
    ("UNITED STATES OF AMERICA", "Please forward"),
    ("Do not bend",),
    ("Statement date ## ## 20##",),
    ("Return service requested",),
)
"""Lines that stand below the ZIP."""
NUMBERED = (
    ("Account No. #### #####",),
    ("Account ########",),
    ("Acct #####",),
    ("Ref ##### #",),
    ("Ref. No. #####",),
    ("Customer ### ##### #", "Route ##"),
    ("Customer No. #####",),
    ("Donor ID #####",),
    ("Member ID: #####",),
    ("Case #####",),
    ("Invoice #####",),
    ("Policy ### #####",),
    ("Mail Code #####",),
    ("Loan No. #####",),
    ("Order # #####",),
)
"""The same with a number that is no ZIP; each # is a digit."""
ATTENTION = ("Attn: *", "ATTN *", "c/o *", "Attention: *", "Attn: Accounts Payable")
STREET_NAMES = _words(
    "Main Oak Maple Cedar Elm Washington Lake Hill Park Pine Lincoln Jefferson River Sunset "
    "Highland Franklin Jackson Church Spring Center Mill Walnut Chestnut Madison Forest Meadow "
    "Ridge Dogwood Hickory Prospect Willow 2nd 3rd 5th 9th 14th 42nd Broadway Harbor Valley "
    "Magnolia Juniper Fairview Liberty Cherry"
)
STREET_TYPES = _words("St Ave Rd Dr Ln Blvd Ct Way Pl Street Avenue Road Drive Cir Ter")
UNITS = ("Apt #", "Unit #", "# #", "Suite #", "Ste #", "Apt. #B", "Floor #")
FOREIGN = (
    ("Toronto ON M#B #J#", "CANADA"),
    ("Vancouver BC V#L #R#", "CANADA"),
    ("London SW#A #QH", "UNITED KINGDOM"),
    ("Leeds LS# #PL", "ENGLAND"),
    ("Sydney NSW 2###", "AUSTRALIA"),
    ("#### AB Utrecht", "NETHERLANDS"),
    ("8#3## München", "GERMANY"),
    ("75##1 Paris", "FRANCE"),
    ("CH-8### Zürich", "SWITZERLAND"),
    ("1#1-#### Tokyo", "JAPAN"),
)
NOTES = (
    "Photos, keep flat", "Do not bend", "Box ## of ##", "Roll #####", "Negatives #####",
    "Summer 19##", "##/##/####", "Account #####", "Acct. No. #########", "Invoice No. #####",
    "INVOICE NO. ######", "Amount due $#,###.##", "Total $###.##", "Order #####", "PO No. #####",
    "Case No. ##-#####", "File #####", "Item #####", "Lot ####", "Serial No. #######",
    "Ticket No. #####", "RAFFLE TICKET", "Drawing ##-##-##", "Price #.##", "Qty ###", "Room ####",
    "Ext. #####", "Tel. (###) ###-####", "Badge #####", "Shelf ##", "Volume ##", "Page ### of ###",
    "Member No. #####", "Estate papers", "Receipts 19##", "Contents: letters", "Weight ##.# oz",
)  # fmt: skip
"""What stands on an envelope that is no mail but holds something; each # is a digit."""
STATES = {
    "AL": "Alabama",
    "AZ": "Arizona",
    "CA": "California",
    "CO": "Colorado",
    "FL": "Florida",
    "GA": "Georgia",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "ME": "Maine",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MO": "Missouri",
    "NY": "New York",
    "NC": "North Carolina",
    "OH": "Ohio",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VA": "Virginia",
    "WA": "Washington",
    "WI": "Wisconsin",
}
SENDERS = ("Harbor Mutual", "Blue Oak Bank", "Acme Supply", "City Utilities", "Pinnacle Health")
ENDORSEMENTS = (
    "RETURN SERVICE REQUESTED",
    "ADDRESS SERVICE REQUESTED",
    "FORWARDING SERVICE REQUESTED",
    "CHANGE SERVICE REQUESTED",
    "IMPORTANT DOCUMENT ENCLOSED",
    "DO NOT BEND",
    "FIRST CLASS MAIL",
    "OPEN IMMEDIATELY",
    "PHOTOS",
)
