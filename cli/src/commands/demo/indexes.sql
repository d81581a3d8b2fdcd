-- What a legacy warehouse would have; without them PostgreSQL takes minutes for some TPC-H
-- queries. No answer depends on them.
CREATE INDEX ON lineitem (l_orderkey);
CREATE INDEX ON lineitem (l_partkey, l_suppkey);
CREATE INDEX ON partsupp (ps_partkey, ps_suppkey);
CREATE INDEX ON orders (o_orderkey);
CREATE INDEX ON orders (o_custkey);
CREATE INDEX ON part (p_partkey);
CREATE INDEX ON customer (c_custkey);
CREATE INDEX ON supplier (s_suppkey);
ANALYZE;
