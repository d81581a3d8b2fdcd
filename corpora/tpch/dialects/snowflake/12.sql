-- TPC-H Q12: Shipping Modes and Order Priority
-- Parameters: SHIPMODE1 = MAIL, SHIPMODE2 = SHIP, DATE = 1994-01-01
select
    l_shipmode,
    sum(iff(o_orderpriority = '1-URGENT' or o_orderpriority = '2-HIGH', 1, 0)) as high_line_count,
    sum(iff(o_orderpriority <> '1-URGENT' and o_orderpriority <> '2-HIGH', 1, 0)) as low_line_count
from
    orders,
    lineitem
where
    o_orderkey = l_orderkey
    and l_shipmode in ('MAIL', 'SHIP')
    and l_commitdate < l_receiptdate
    and l_shipdate < l_commitdate
    and l_receiptdate >= to_date('1994-01-01')
    and l_receiptdate < dateadd(year, 1, to_date('1994-01-01'))
group by
    l_shipmode
order by
    l_shipmode
