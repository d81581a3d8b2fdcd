-- TPC-H Q3: Shipping Priority
-- Parameters: SEGMENT = BUILDING, DATE = 1995-03-15; the first 10 rows
select top 10
    l_orderkey,
    sum(l_extendedprice * (1 - l_discount)) as revenue,
    o_orderdate,
    o_shippriority
from
    customer,
    orders,
    lineitem
where
    c_mktsegment = 'BUILDING'
    and c_custkey = o_custkey
    and l_orderkey = o_orderkey
    and o_orderdate < '1995-03-15'::date
    and l_shipdate > '1995-03-15'::date
group by
    l_orderkey,
    o_orderdate,
    o_shippriority
order by
    revenue desc,
    o_orderdate
