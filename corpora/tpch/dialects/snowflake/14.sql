-- TPC-H Q14: Promotion Effect
-- Parameters: DATE = 1995-09-01
select
    100.00 * sum(iff(p_type like 'PROMO%', l_extendedprice * (1 - l_discount), 0)) / sum(l_extendedprice * (1 - l_discount)) as promo_revenue
from
    lineitem,
    part
where
    l_partkey = p_partkey
    and l_shipdate >= to_date('1995-09-01')
    and l_shipdate < dateadd(month, 1, to_date('1995-09-01'))
