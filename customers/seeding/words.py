"""Names and places for seeded people: long, accented, Mapuche and Basque ones among them."""

WOMEN = (
    "Valentina|María José|Francisca|Antonia|Carmen Gloria|Paula Andrea|Fernanda|Javiera|Camila|"
    "Rayén|Millaray|Ainhoa|Sofía|Isidora|Catalina|Constanza|Daniela|Rosa Elvira|Marjorie|Perla|"
    "Ximena|Lucía|Martina|Josefa|Amanda|Trinidad|Ayelén|Nekane|Guadalupe|Beatriz|Pilar|Soledad|"
    "Verónica|Alejandra|Gabriela|Macarena|Teresa|Inés|Elena|Noelia"
).split("|")
MEN = (
    "Joaquín|Rodrigo|Ignacio|Luis Alberto|Sebastián|Nicolás|Diego|Tomás|Matías|Juan Pablo|Benjamín|"
    "Lautaro|Nahuel|Iñaki|Gorka|Santiago|Dante|Cristóbal|Vicente|Martín|Felipe|Andrés|Pablo|"
    "José Miguel|Francisco|Álvaro|Gonzalo|Hernán|Óscar|Raúl|Emilio|Fabián|Mauricio|Leonardo|"
    "Agustín|Maximiliano|Esteban|Ricardo|Germán|Xabier"
).split("|")
FAMILIES = (
    "González|Muñoz|Rojas|Díaz|Pérez|Soto|Contreras|Silva|Martínez|Sepúlveda|Morales|Rodríguez|"
    "López|Fuentes|Hernández|Torres|Araya|Flores|Espinoza|Valenzuela|Castillo|Ramírez|Reyes|"
    "Gutiérrez|Castro|Vargas|Álvarez|Vásquez|Tapia|Fernández|Sánchez|Carrasco|Gómez|Cortés|"
    "Herrera|Núñez|Jara|Vergara|Rivera|Figueroa|Riquelme|García|Miranda|Bravo|Vera|Molina|Vega|"
    "Campos|Sandoval|Orellana|Zúñiga|Huenchumilla|Ñanculef|Paillán|Catrileo|Llanquileo|Curín|"
    "Antilef|Quilapán|Etxeberria|Goikoetxea|Undurraga|Errázuriz|Irarrázaval|Peñailillo|Mamani|"
    "Quispe|Ortúzar|Berríos|Astudillo|Quintero|Olivares|Alarcón|Pizarro|Cárdenas|Ríos|Catalán|"
    "Arriagada|Valdebenito|Goñi"
).split("|")
# city, country; the first ones are the larger ones
CITIES = (
    "Santiago,CL|Ñuñoa,CL|Providencia,CL|Las Condes,CL|Maipú,CL|Puente Alto,CL|La Florida,CL|"
    "Valparaíso,CL|Viña del Mar,CL|Concepción,CL|Temuco,CL|Antofagasta,CL|La Serena,CL|Rancagua,CL|"
    "Talca,CL|Chillán,CL|Puerto Montt,CL|Valdivia,CL|Osorno,CL|Curaco de Vélez,CL|Castro,CL|"
    "Villarrica,CL|Punta Arenas,CL|Buenos Aires,AR|Córdoba,AR|Mendoza,AR|Rosario,AR|Lima,PE|"
    "Arequipa,PE|Cusco,PE|Bogotá,CO|Medellín,CO|Cali,CO|Ciudad de México,MX|Guadalajara,MX|"
    "Monterrey,MX|Montevideo,UY|Madrid,ES|Bilbao,ES|Donostia,ES"
).split("|")
TAGS = (
    "Frecuente|Factura|Retiro en tienda|Zona sur|Lista de novios|Proyectos|Black Friday|newsletter"
).split("|")
CATEGORIES = (
    ("minorista", "Minorista"),
    ("mayorista", "Mayorista"),
    ("decoradores", "Decoradores"),
)
CHANNELS = ("Web y tienda", "Web", "Solo tienda", "WhatsApp")
