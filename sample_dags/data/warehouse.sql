-- Seed of the analytics warehouse the sample DAGs run against.

CREATE TABLE stores (store_id INTEGER PRIMARY KEY, city TEXT, country TEXT, timezone TEXT);
INSERT INTO stores VALUES
    (101, 'Berlin', 'DE', 'Europe/Berlin'),
    (102, 'Tokyo', 'JP', 'Asia/Tokyo');

CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT, country TEXT, signup_date TEXT, lifetime_value REAL);
INSERT INTO customers VALUES
    (1, 'Ada', 'DE', '2021-05-02', 1250.0),
    (2, 'Bert', 'DE', '2022-11-19', 90.0),
    (3, 'Chiyo', 'JP', '2020-01-07', 2210.5),
    (4, 'Dario', 'IT', '2023-08-30', 310.0),
    (5, 'Emi', 'JP', '2024-03-04', 0.0);

CREATE TABLE products (sku TEXT PRIMARY KEY, name TEXT, category TEXT, unit_cost REAL, list_price REAL);
INSERT INTO products VALUES
    ('TEA-001', 'Assam loose leaf', 'tea', 1.9, 4.5),
    ('TEA-002', 'Sencha', 'tea', 2.4, 6.25),
    ('MUG-010', 'Stoneware mug', 'ware', 5.0, 12.0),
    ('POT-100', 'Cast iron pot', 'ware', 17.0, 38.9);

CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer_id INTEGER, store_id INTEGER, order_date TEXT, status TEXT, amount REAL);
INSERT INTO orders VALUES
    (1001, 1, 101, '2024-03-03', 'paid', 120.5),
    (1002, 2, 101, '2024-03-04', 'paid', 80.0),
    (1003, 3, 102, '2024-03-04', 'paid', 410.0),
    (1004, 4, 101, '2024-03-04', 'cancelled', 25.5),
    (1005, 1, 101, '2024-03-04', 'paid', 19.9),
    (1006, 3, 102, '2024-03-05', 'paid', 64.0),
    (1007, 1, 101, '2024-03-05', 'paid', 640.0);

CREATE TABLE shipments (shipment_id TEXT PRIMARY KEY, order_id INTEGER, carrier TEXT, shipped_on TEXT, delivered_on TEXT);
INSERT INTO shipments VALUES
    ('S-1', 1001, 'dhl', '2024-03-03', '2024-03-04'),
    ('S-2', 1002, 'ups', '2024-03-04', NULL),
    ('S-3', 1003, 'yamato', '2024-03-04', '2024-03-05'),
    ('S-4', 1005, 'dhl', '2024-03-05', NULL);

CREATE TABLE ledger_entries (entry_id INTEGER PRIMARY KEY, booked_on TEXT, account TEXT, debit REAL, credit REAL);
INSERT INTO ledger_entries VALUES
    (1, '2024-03-04', '4000-revenue', 0.0, 509.9),
    (2, '2024-03-04', '1200-receivables', 509.9, 0.0),
    (3, '2024-03-05', '4000-revenue', 0.0, 704.0),
    (4, '2024-03-05', '1200-receivables', 700.0, 0.0);

CREATE TABLE marketing_spend (spend_date TEXT, channel TEXT, amount REAL);
INSERT INTO marketing_spend VALUES
    ('2024-03-03', 'search', 40.0),
    ('2024-03-04', 'search', 55.0),
    ('2024-03-04', 'social', 25.0),
    ('2024-03-09', 'email', 5.0);
