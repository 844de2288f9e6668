select '{{ ds }}' {% include 'queries/part.hql' %}
