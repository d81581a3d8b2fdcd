CREATE INDEX ON supplier (s_suppkey);
CREATE INDEX ON part (p_partkey);
CREATE INDEX ON partsupp (ps_partkey, ps_suppkey);
CREATE INDEX ON customer (c_custkey);
CREATE INDEX ON orders (o_orderkey);
CREATE INDEX ON orders (o_custkey);
CREATE INDEX ON lineitem (l_orderkey);
CREATE INDEX ON lineitem (l_partkey, l_suppkey);
ANALYZE region, nation, supplier, part, partsupp, customer, orders, lineitem;
