-- Orders of the day that count, with the customer's country.
INSERT INTO stg_orders
SELECT o.order_id, o.customer_id, c.country, o.order_date, o.amount
  FROM orders o
  JOIN customers c USING (customer_id)
 WHERE o.order_date = '{{ ds }}'
   AND o.status IN ({% for status in params.statuses %}'{{ status }}'{% if not loop.last %}, {% endif %}{% endfor %});
