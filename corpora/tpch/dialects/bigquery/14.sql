-- TPC-H Q14: Promotion Effect
-- Parameters: DATE = 1995-09-01
select
    100.00 * sum(if(p_type like 'PROMO%', l_extendedprice * (1 - l_discount), 0)) / sum(l_extendedprice * (1 - l_discount)) as promo_revenue
from
    lineitem,
    part
where
    l_partkey = p_partkey
    and l_shipdate >= date '1995-09-01'
    and l_shipdate < date_add(date '1995-09-01', interval 1 month)
