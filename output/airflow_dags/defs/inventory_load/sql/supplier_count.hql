CREATE TABLE IF NOT EXISTS supplier_count (day, suppliers);
DELETE FROM supplier_count WHERE day = '{{ ds }}';
INSERT INTO supplier_count
SELECT '{{ ds }}', count(DISTINCT supplier) FROM supplier_list WHERE load_id = 'suppliers-{{ ds }}';
