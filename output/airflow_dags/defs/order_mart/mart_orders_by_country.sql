DELETE FROM mart_orders_by_country WHERE order_date = '{{ ds }}';

INSERT INTO mart_orders_by_country
SELECT order_date, country, COUNT(*) AS orders, SUM(amount) AS revenue
  FROM stg_orders
 WHERE order_date = '{{ ds }}'
 GROUP BY order_date, country;
